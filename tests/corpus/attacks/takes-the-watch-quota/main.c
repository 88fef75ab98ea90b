#include <sys/inotify.h>
#include <unistd.h>
int main(void) {
    while (inotify_init() >= 0) {}
    sleep(3);
}
