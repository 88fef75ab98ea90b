python3 -c "print('done')"
