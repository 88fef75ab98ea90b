#include <stdio.h>
int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    for (int i = 0; i < 20000; i++) printf("%d\n", i);
}
