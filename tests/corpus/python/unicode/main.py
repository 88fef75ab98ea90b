print("→", input())
