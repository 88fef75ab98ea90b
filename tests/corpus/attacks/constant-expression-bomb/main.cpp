#include <cstdio>
constexpr int spin(int n) { int sum = 0; for (int i = 0; i < n; i++) sum += i % 7; return sum; }
template <int N> constexpr int value = spin(40000 + N);
template <int... N> constexpr int all() { return (value<N> + ...); }
static_assert(all<1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20>() > 0);
int main() { std::puts("breached"); }
