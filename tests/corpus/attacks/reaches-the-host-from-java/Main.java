import java.net.Socket;
public class Main {
    public static void main(String[] arguments) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", Integer.parseInt(arguments[0]))) {
            System.out.println(new String(socket.getInputStream().readAllBytes()));
        }
    }
}
