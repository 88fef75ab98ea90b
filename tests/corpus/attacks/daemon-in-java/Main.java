public class Main {
    public static void main(String[] arguments) throws Exception {
        new ProcessBuilder("sh", "-c", "(trap '' HUP TERM; exec sleep 60) </dev/null >/dev/null 2>&1 &").start().waitFor();
    }
}
