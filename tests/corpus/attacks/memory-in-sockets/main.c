#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
static char data[65536];
int main(void) {
    long held = 0;
    for (int n = 0; n < 5; n++)
        for (int m = 0; m < 480; m++) {
            int ends[2];
            if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) break;
            for (long sent; (sent = send(ends[0], data, sizeof data, MSG_DONTWAIT)) > 0;) held += sent;
        }
    printf(held > 70 << 20 ? "breached\n" : "held %ld\n", held);
}
