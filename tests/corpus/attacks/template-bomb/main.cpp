#include <cstdio>
template <int D, long N> struct tree { static constexpr long v = tree<D - 1, 2 * N>::v + tree<D - 1, 2 * N + 1>::v; };
template <long N> struct tree<0, N> { static constexpr long v = 1; };
static_assert(tree<16, 1>::v > 0);
int main() { std::puts("breached"); }
