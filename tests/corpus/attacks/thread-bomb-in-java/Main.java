public class Main {
    public static void main(String[] arguments) {
        try {
            for (int n = 0; n < 400; n++) {
                Thread thread = new Thread(null, () -> {
                    try { Thread.sleep(3000); } catch (InterruptedException e) { }
                }, "t", 65536);
                thread.setDaemon(true);
                thread.start();
            }
            System.out.println("breached");
        } catch (OutOfMemoryError error) { System.exit(1); }
    }
}
