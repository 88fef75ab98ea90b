#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 50; i++)
        if (fork() == 0) {
            memset(malloc(8 << 20), 1, 8 << 20);
            sleep(3600);
        }
    sleep(3600);
}
