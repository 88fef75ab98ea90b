import java.io.*;

class Main {
    public static void main(String[] arguments) throws IOException {
        try (var source = new FileInputStream("/dev/stdin"); var target = new FileOutputStream("/dev/stdout")) {
            source.transferTo(target);
        }
    }
}
