"""Small tables in the forms of other tools, with their right means: python3 make.py

The files that this script does not write are examples of the same forms, kept as they were made.
Means are worked out here from the same numbers that are written, so that the test compares with another reader.
"""

import json
import math
import pathlib
import struct

here = pathlib.Path(__file__).parent
hard = [81.82, 82.03, 81.67, 81.72, 82.01]
teacher = [83.61, 83.42, 83.79, 83.89, 83.51]
rows = [("hard", seed, score) for seed, score in enumerate(hard)]
rows += [("teacher", seed, score) for seed, score in enumerate(teacher)]


def write(name, text, encoding="utf-8"):
    (here / name).write_bytes(text.encode(encoding))


def table(header, lines, delimiter=","):
    return "\n".join([header] + [delimiter.join(str(cell) for cell in line) for line in lines]) + "\n"


# Excel's "Unicode text": UTF-16 with a mark, tabs.
write("excel_unicode_text.txt", "\ufeff" + table("arm\tseed\tacc", rows, "\t").replace("\n", "\r\n"), "utf-16-le")
# numpy.savetxt(header=...).
write("numpy_savetxt.csv", table("# arm,seed,acc", rows))
# A table of a README.
write("markdown.md", table("| arm | seed | acc |\n|---|---:|---:|", [[f"| {a} | {s} | {v} |"] for a, s, v in rows]))
# Optuna's study.trials_dataframe(): the better rate of each arm by validation is 0.1 for hard, 0.01 for teacher.
trials = []
for arm, scores in (("hard", hard), ("teacher", teacher)):
    for rate in (0.01, 0.1):
        better = (rate == 0.1) == (arm == "hard")
        for seed, score in enumerate(scores):
            # The test score of the other rate is the higher one: a choice by test would take it.
            test = score if better else score + 1
            validation = score / 100 if better else score / 100 - 0.02
            trials.append([len(trials), "COMPLETE", rate, arm, seed, f"{validation:.4f}", f"{test:.2f}"])
trials.append([len(trials), "PRUNED", 0.1, "hard", 5, "", "12.00"])
trials.append([len(trials), "FAIL", 0.1, "teacher", 5, "", ""])
write("optuna_trials.csv", table("number,state,params_lr,params_method,user_attrs_seed,user_attrs_val_acc,user_attrs_test_acc", trials))
# Ray Tune's states are its own.
write("ray_states.csv", table("status,method,seed,test_acc", [["TERMINATED", *row] for row in rows]))
# A Hugging Face trainer's evaluation.
write("hugging_face.csv", table("method,seed,epoch,eval_accuracy,eval_loss", [[a, s, 3.0, v / 100, 0.5] for a, s, v in rows]))
# Neptune and W&B put folders before names.
write("config_folders.csv", table("sys/state,config/method,config/seed,test/acc", [["finished", *row] for row in rows]))
# German spreadsheets group thousands with points.
write("grouped_thousands.csv", table("arm;seed;acc;n_test", [[a, s, str(v).replace(".", ","), "10.000"] for a, s, v in rows], ";"))
write("test_sets_differ.csv", table("arm,seed,acc,n_test", [[*row, 10000 if row[0] == "hard" else 5000] for row in rows]))
write("no_test_examples.csv", table("arm,seed,acc,n_test", [[*row, 0] for row in rows]))
write("exploded_nll.csv", table("arm,seed,test_nll", [[a, s, "1e308" if (a, s) == ("hard", 2) else v / 200] for a, s, v in rows]))
write("mean_with_spread.csv", table("arm,seed,acc", [["hard", 0, "81.8 ± 0.2"], ["teacher", 0, "83.6 ± 0.2"]]))
write("wide_by_seed.csv", table("method,seed0,seed1,seed2", [["hard", *hard[:3]], ["teacher", *teacher[:3]]]))
write("one_runs_log.csv", table("epoch,train_loss,val_acc,test_acc", [[0, 0.9, 0.6, 0.61], [1, 0.7, 0.7, 0.71]]))
write("title_above.csv", "Results of the ablation\n\n" + table("arm,seed,acc", rows))
write("two_names.csv", table("arm,seed,acc", rows + [("kd", s, v) for s, v in enumerate(hard)]))
write("single_teacher_row.csv", table("arm,seed,acc", rows[:5] + [("teacher", 0, 90.11)] + [("kd", s, v) for s, v in enumerate(teacher)]))
write("teachers_of_a_table.csv", table("teacher,method,seed,acc", [["resnet34", *row] for row in rows] + [["resnet50", a, s + 5, v] for a, s, v in rows]))
write("schedule.csv", table("method,seed,epoch,lr,val_acc,test_acc", [[a, s, e, 0.1 / (e + 1), v - 2, v if e == 2 else v - 3] for a, s, v in rows for e in range(3)]))
write("exit_codes.csv", table("method,seed,exit_code,test_acc", [[a, s, 137 if (a, s) == ("hard", 4) else 0, v] for a, s, v in rows]))
write("train_twin.csv", table("method,seed,train_acc,acc", [[a, s, 99.9, v] for a, s, v in rows]))
write("decimal_comma_in_commas.csv", "arm,seed,acc\n" + "".join(f"{a},{s},{str(v).replace('.', ',')}\n" for a, s, v in rows))
write("spaces.txt", table("arm seed acc", rows, " "))
write("three_accuracies.csv", table("method,seed,accuracy,val_accuracy,test_accuracy", [[a, s, 99.0, v - 1, v] for a, s, v in rows]))
log = [[a, s, 0, 9, 0.5, "", ""] for a, s, v in rows] + [[a, s, 0, 10, "", v - 1, ""] for a, s, v in rows]
log += [[a, s, 0, 10, "", "", v] for a, s, v in rows]
write("lightning_epoch_names.csv", table("method,seed,epoch,step,train_loss_step,val_acc,test_acc_epoch", log))
write("empty_state.csv", table("method,seed,state,test_acc", [[a, s, "finished" if s < 4 else "", v] for a, s, v in rows]))
write("job_states.csv", table("method,seed,JobState,Test Acc (%)", [[a, s, "TIMEOUT" if s == 4 else "COMPLETED", v] for a, s, v in rows]))
write("results_in_words.csv", table("method,seed,result,test_acc", [[a, s, "OOM" if s == 4 else "ok", v] for a, s, v in rows]))
write("reasons.csv", table("method,seed,error,test_acc", [[a, s, "CUDA out of memory" if s == 4 else "", v] for a, s, v in rows]))
write("states_and_reasons.csv", table("method,seed,state,error,test_acc", [[a, s, "failed" if s == 4 else "finished", "CUDA out of memory" if s == 4 else "", v] for a, s, v in rows]))
write("error_rate.csv", table("method,seed,test_err", [[a, s, round(100 - v, 2)] for a, s, v in rows]))
write("best_and_last.csv", table("method,seed,best_acc,last_acc", [[a, s, round(v + 0.5, 2), v] for a, s, v in rows]))
write("other_language.csv", table("Seed,Methode,Genauigkeit", [[s, a, v] for a, s, v in rows]))
(here / "workbook.xlsx").write_bytes(b"PK\x03\x04\x14\x00\x06\x00")
write("parallel.csv", table("arm,seed,acc,n_test", [("hard", s, v, 10000) for s, v in enumerate(hard[:3])] + [("teacher", s, round(v + 1, 2), 10000) for s, v in enumerate(hard[:3])]))


# A Parquet file of small integers, decimals and half precision, byte by byte: what pandas writes after a downcast.
def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def zigzag(value):
    return varint((value << 1) ^ (value >> 63))


class Struct:
    """Thrift's compact protocol, as far as a footer needs it."""

    def __init__(self):
        self.bytes, self.last = b"", 0

    def field(self, number, kind, data):
        self.bytes += bytes([(number - self.last) << 4 | kind]) + data
        self.last = number
        return self

    def integer(self, number, value, kind=5):
        return self.field(number, kind, zigzag(value))

    def text(self, number, value):
        value = value if isinstance(value, bytes) else value.encode()
        return self.field(number, 8, varint(len(value)) + value)

    def struct(self, number, value):
        return self.field(number, 12, value.end())

    def list(self, number, kind, items):
        return self.field(number, 9, bytes([len(items) << 4 | kind]) + b"".join(items))

    def end(self):
        return self.bytes + b"\0"


def parquet(name, columns):
    """columns: name, physical type, converted type, width of fixed bytes, (precision, scale), whether half, plain bytes."""
    n = columns[0][7]
    body, chunks = b"PAR1", []
    schema = [Struct().text(4, "schema").integer(5, len(columns)).end()]
    for column, physical, converted, width, decimal, half, data, _ in columns:
        header = Struct().integer(1, 0).integer(2, len(data)).integer(3, len(data))
        header = header.struct(5, Struct().integer(1, n).integer(2, 0).integer(3, 3).integer(4, 3)).end()
        offset = len(body)
        body += header + data
        meta = Struct().integer(1, physical).list(2, 5, [zigzag(0)]).list(3, 8, [varint(len(column)) + column.encode()])
        size = len(header) + len(data)
        meta = meta.integer(4, 0).integer(5, n, 6).integer(6, size, 6).integer(7, size, 6).integer(9, offset, 6)
        chunks.append(Struct().integer(2, offset, 6).struct(3, meta).end())
        element = Struct().integer(1, physical)
        if width:
            element.integer(2, width)
        element.integer(3, 0).text(4, column)
        if converted is not None:
            element.integer(6, converted)
        if decimal:
            element.integer(7, decimal[1]).integer(8, decimal[0])
        if half:
            element.struct(10, Struct().struct(15, Struct()))
        schema.append(element.end())
    group = Struct().list(1, 12, chunks).integer(2, len(body), 6).integer(3, n, 6).end()
    footer = Struct().integer(1, 1).list(2, 12, schema).integer(3, n, 6).list(4, 12, [group]).end()
    (here / name).write_bytes(body + footer + struct.pack("<I", len(footer)) + b"PAR1")


def int32(values):
    return b"".join(struct.pack("<i", value) for value in values)


def texts(values):
    return b"".join(struct.pack("<I", len(value)) + value.encode() for value in values)


n = len(rows)
hundredths = [round(100 * score) for _, _, score in rows]
parquet(
    "small_types.parquet",
    [
        ("arm", 6, 0, None, None, False, texts([arm for arm, _, _ in rows]), n),
        ("seed", 1, 15, None, None, False, int32([seed for _, seed, _ in rows]), n),
        ("n_test", 1, 12, None, None, False, int32([10000] * n), n),
        ("cost", 7, 5, 5, (9, 2), False, b"".join((12345).to_bytes(5, "big") for _ in rows), n),
        ("accuracy", 7, 5, 3, (4, 2), False, b"".join(v.to_bytes(3, "big") for v in hundredths), n),
        ("loss", 7, None, 2, None, True, b"".join(struct.pack("<e", 0.5) for _ in rows), n),
    ],
)

means = {"hard": math.fsum(hard) / 5, "teacher": math.fsum(teacher) / 5}
print(json.dumps(means))
