import java.nio.ByteBuffer;
import java.util.ArrayList;
public class Main {
    public static void main(String[] arguments) throws Exception {
        var held = new ArrayList<java.lang.foreign.MemorySegment>();
        for (int n = 0; n < 60; n++) held.add(java.lang.foreign.Arena.global().allocate(10 << 20).fill((byte) 1));
        System.out.println("breached");
    }
}
