#include <stdio.h>
int main(void) {
    puts("before");
    fputs("sorry\n", stderr);
    return 3;
}
