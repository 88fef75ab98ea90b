import json, os, struct, time
facts = {"limit": None, "statuses": [0], "dropped": [[0, 0]], "cpu_seconds": 0.0, "wall_seconds": 0.0, "peak_bytes": 0,
         "exact": True, "pressed": False, "refused": {}, "clean": True, "counted": True}
blobs = [b"breached", b""]
text = json.dumps({"done": facts, "blobs": [len(blob) for blob in blobs]}).encode()
os.write(1, struct.pack(">I", len(text)) + text + b"".join(blobs))
time.sleep(0.5)
os._exit(7)
