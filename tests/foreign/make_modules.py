"""Modules that mean no good, made from the good one by other lines of code: python make_modules.py

A TorchScript file is an archive with the network's code as text: whoever sends one may write what he likes into it.
"""

import pathlib
import zipfile

HERE = pathlib.Path(__file__).parent
CODE = "module/code/__torch__/torch/nn/modules/linear.py"
LOGITS = "return torch.linear(input, weight, bias)"

FORWARD = {
    "prints": ("Tensor", 'print("{\\"words\\": \\"of a module\\"}")', LOGITS),
    # What the loop makes is used: libtorch leaves others out.
    "endless": (
        "Tensor",
        "x = input",
        "more = torch.gt(torch.numel(x), 0)",
        "while more:",
        "  x = torch.neg(x)",
        "  more = torch.gt(torch.numel(x), 0)",
        LOGITS.replace("input", "x"),
    ),
    "tuple": ("Tuple[Tensor, Tensor]", "return (torch.linear(input, weight, bias), bias)"),
    "sparse": ("Tensor", "return torch.to_sparse(torch.linear(input, weight, bias))"),
}

for name, (returns, *lines) in FORWARD.items():
    with zipfile.ZipFile(HERE / "teachers/module.pt") as good, zipfile.ZipFile(HERE / f"modules/{name}.pt", "w") as bad:
        for part in good.infolist():
            contents = good.read(part)
            if part.filename == CODE:
                text = contents.decode().replace("-> Tensor", f"-> {returns}")
                contents = text.replace(LOGITS, "\n    ".join(lines)).encode()
            elif part.filename.endswith(".debug_pkl"):
                continue
            bad.writestr(zipfile.ZipInfo(part.filename), contents)
