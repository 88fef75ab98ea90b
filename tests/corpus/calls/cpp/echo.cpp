#include <iostream>
using namespace std;
@result@ echo(const @p0@ &a, @p1@ b, @p2@ c, @p3@ d, const @p4@ &e, @p5@ &f, @p6@ g, @p7@ h, @p8@ i, @p9@ j) {
    cout << "debug" << endl;
    return {a, b, c, d, e, f, g, h, i, j};
}
int main() { return 1; }
