#include <boost/any.hpp>
#include <bits/stdc++.h>
#include <openssl/md5.h>
int main() {
    unsigned char digest[16];
    MD5(reinterpret_cast<const unsigned char*>("lovelace"), 8, digest);
    boost::any two = 2;
    std::printf("%d %02x\n", boost::any_cast<int>(two), digest[0]);
}
