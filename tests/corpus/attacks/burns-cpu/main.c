#include <stdio.h>
#include <time.h>
int main(void) {
    while (clock() < CLOCKS_PER_SEC * 3 / 2) {}
    puts("breached");
}
