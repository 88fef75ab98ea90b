class Main {
    public static void main(String[] arguments) throws Exception {
        var hoard = "x=$(head -c 8000000 /dev/zero | tr '\\0' x); sleep 3600";
        for (int i = 0; i < 50; i++) new ProcessBuilder("bash", "-c", hoard).start();
        Thread.sleep(3_600_000);
    }
}
