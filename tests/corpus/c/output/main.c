#include <stdio.h>
int main(void) {
    for (;;) fputs("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", stdout);
}
