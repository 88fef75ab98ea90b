#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/time.h>
int main(int, char** arguments) {
    int asks = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in server{AF_INET, htons(std::atoi(arguments[1])), {htonl(INADDR_LOOPBACK)}, {}};
    timeval patience{2, 0};
    setsockopt(asks, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const char question[] = "\x12\x34\x01\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";
    char answer[100] = {};
    sendto(asks, question, sizeof question - 1, 0, (sockaddr*)&server, sizeof server);
    if (recv(asks, answer, sizeof answer - 1, 0) > 0) std::puts(answer); else std::perror("refused");
}
