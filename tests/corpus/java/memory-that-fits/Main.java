import java.util.*;

class Main {
    public static void main(String[] arguments) {
        var kept = new ArrayList<byte[]>();
        for (int i = 0; i < 150; i++) kept.add(new byte[1 << 20]);
        for (int i = 0; i < 200_000; i++) kept.set(i % 150, i % 100 == 0 ? new byte[1 << 20] : kept.get(i % 150));
        System.out.println(kept.size());
    }
}
