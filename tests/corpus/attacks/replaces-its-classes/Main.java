import java.nio.file.*;
public class Main {
    public static void main(String[] arguments) throws Exception {
        Path launch = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try {
            Files.writeString(launch.resolve("note"), "x", StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException again) {
            System.out.println("breached");
        }
    }
}
