// crashed: call 1 raised java.lang.IllegalStateException: no
class Solution {
    static long add(long a, long b) { throw new IllegalStateException("no"); }
}
