@declarations@
#include <stdio.h>
@result@ echo(@p0@ a, @p1@ b, @p2@ c, @p3@ d, @p4@ e, @p5@ f, @p6@ g, @p7@ h, @p8@ i, @p9@ j) {
    printf("debug\n");
    return (@result@){a, b, c, d, e, f, g, h, i, j};
}
int main(void) { return 1; }
