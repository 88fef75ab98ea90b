#include <fcntl.h>
#include <stdio.h>
int main(void) {
    for (int number = 3; number < 1024; number++)
        if (fcntl(number, F_GETFD) >= 0) printf("breached %d\n", number);
}
