import json, os, struct, sys, time
facts = {"limit": None, "statuses": [0], "dropped": [[0, 0]], "cpu_seconds": 0.0, "wall_seconds": 0.0, "peak_bytes": 0,
         "exact": True, "refused": {}, "clean": True, "counted": True}
blobs = [b"breached", b""]
text = json.dumps({"done": facts, "blobs": [len(blob) for blob in blobs]}).encode()
with open("/proc/1/fd/1", "wb", buffering=0) as host:
    host.write(struct.pack(">I", len(text)) + text + b"".join(blobs))
time.sleep(0.5)
os._exit(7)
