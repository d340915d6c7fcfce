"""Small pictures of every kind, and their red, green and blue as Pillow has them.

python3 crates/data/tests/golden/pictures.py    (needs numpy and pillow)
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

HERE = Path(__file__).parent
FOLDER = HERE / "pictures"
FOLDER.mkdir(exist_ok=True)

y, x, c = np.mgrid[0:6, 0:9, 0:3]
colour = ((20 * x + 31 * y + 85 * c) % 256).astype(np.uint8)
grey = colour[:, :, 0]
alpha = np.concatenate([colour, (25 * x[:, :, :1] + 7).astype(np.uint8)], axis=2)
smooth = (60 + 12 * x + 9 * y + 10 * c).astype(np.uint8)

Image.fromarray(colour).save(FOLDER / "colour.png")
Image.fromarray(grey).save(FOLDER / "grey.png")
Image.fromarray(alpha).save(FOLDER / "transparent.png")
Image.fromarray(colour).convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(FOLDER / "palette.png")
Image.fromarray(grey.astype(np.uint16) * 257).save(FOLDER / "deep.png")
Image.fromarray(smooth).save(FOLDER / "colour.jpg", quality=95, subsampling=0)
Image.fromarray(smooth).convert("CMYK").save(FOLDER / "inks.jpg", quality=95)
exif = Image.Exif()
exif[0x0112] = 6
Image.fromarray(smooth).save(FOLDER / "turned.jpg", quality=95, subsampling=0, exif=exif)
Image.fromarray(colour).save(FOLDER / "colour.webp", lossless=True)

values = {}
for path in sorted(FOLDER.iterdir()):
    image = ImageOps.exif_transpose(Image.open(path))
    if path.name == "deep.png":
        image = Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    pixels = np.asarray(image.convert("RGB"))
    values[path.name] = {"height": pixels.shape[0], "width": pixels.shape[1], "rgb": pixels.flatten().tolist()}
(HERE / "pictures.json").write_text(json.dumps(values) + "\n")
