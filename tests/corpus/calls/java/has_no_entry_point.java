// no_program:defines no such function
class Solution {
    static long plus(long a, long b) { return a + b; }
}
