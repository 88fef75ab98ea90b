open("result.txt", "wb").truncate(40 << 20)
