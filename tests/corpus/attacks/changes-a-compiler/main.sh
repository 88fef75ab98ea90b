printf '#!/bin/sh\necho breached\n' >/usr/local/bin/gcc && chmod 755 /usr/local/bin/gcc && gcc
