// passed:
class Solution {
    static int calls;

    static long add(long a, long b) throws Exception {
        System.out.println(++calls);
        var helper = new Thread(() -> calls++);
        helper.start();
        helper.join();
        return a + b;
    }
}
