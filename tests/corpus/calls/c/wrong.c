// failed: call 4
long long add(long long a, long long b) { return a < 100 ? a + b : a; }
