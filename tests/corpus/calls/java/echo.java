import java.math.BigInteger;
import java.util.*;
import org.javatuples.*;

class Solution {
    @result@ echo(long a, BigInteger b, double c, boolean d, String e, byte[] f, @p6@ g, @p7@ h, @p8@ i, @p9@ j) {
        System.out.println("debug");
        return new Decade<>(a, b, c, d, e, f, g, h, i, j);
    }

    public static void main(String[] arguments) { System.out.println("mine"); }
}
