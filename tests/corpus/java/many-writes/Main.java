import java.io.*;

class Main {
    public static void main(String[] arguments) throws IOException {
        var out = new FileOutputStream(FileDescriptor.out);
        for (int i = 0; i < 20_000; i++) out.write((i + "\n").getBytes());
    }
}
