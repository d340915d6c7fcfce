"""Small .npy files of every order, byte order and version that are read, and .npz files: python npy.py"""

import pathlib

import ml_dtypes
import numpy as np

here = pathlib.Path(__file__).parent
whole = np.array([[10 * i + j - 7 for j in range(4)] for i in range(3)])

np.save(here / "float32.npy", (whole / 2).astype("<f4"))
np.save(here / "float64_fortran_big_endian.npy", np.asfortranarray((whole / 2).astype(">f8")))
np.save(here / "int64_fortran.npy", np.asfortranarray(whole.astype("<i8")))
np.save(here / "uint8.npy", (whole + 7).astype("u1"))
np.save(here / "uint16_vector.npy", np.array([0, 300, 65535], dtype="<u2"))
np.save(here / "int64_vector.npy", np.array([-1, 0, 3], dtype="<i8"))
with open(here / "int16_version_2.npy", "wb") as file:
    np.lib.format.write_array(file, whole.astype("<i2"), version=(2, 0))

halves = np.array([0.5, -2.25, 65504, 2.0**-24, 2.0**-14, -np.inf, 0.0, 0.1])
np.save(here / "float16.npy", halves.astype("<f2"))
np.save(here / "bfloat16.npy", np.array([0.5, -2.25, 3e38, 2.0**-130, 0.1]).astype(ml_dtypes.bfloat16))
np.save(here / "bool.npy", np.array([[True], [False], [True]]))
both = {"logits": (whole / 2).astype("<f4"), "labels": np.array([[0], [3], [1]], dtype="<i8")}
np.savez(here / "plain.npz", **both)
np.savez_compressed(here / "compressed.npz", **both)
