class Main {
    public static void main(String[] arguments) {
        System.out.println("before");
        System.err.println("sorry");
        System.exit(3);
    }
}
