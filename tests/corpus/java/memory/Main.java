import java.util.*;

class Main {
    public static void main(String[] arguments) {
        var hoard = new ArrayList<byte[]>();
        while (true) {
            var block = new byte[1 << 20];
            Arrays.fill(block, (byte) 1);
            hoard.add(block);
        }
    }
}
