class Main {
    public static void main(String[] arguments) {
        while (true) System.out.print("x".repeat(1000));
    }
}
