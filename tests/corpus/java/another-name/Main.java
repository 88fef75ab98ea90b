import org.javatuples.Pair;

class Helper {
    static Pair<String, String> pair() {
        return Pair.with("one", "two");
    }
}

public class Solution {
    public static void main(String[] arguments) {
        System.out.println(Helper.pair());
    }
}
