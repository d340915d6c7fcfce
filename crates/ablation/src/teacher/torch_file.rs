//! What a file of PyTorch's is that is no TorchScript module.

use fractionate_data::zip_entries;

/// Whether the file is an archive with a module's parts; of one that is too big to be looked into, libtorch tells.
pub(super) fn is_module(bytes: &[u8]) -> bool {
    match zip_entries(bytes) {
        Some(entries) => entries.iter().any(|entry| entry.name.ends_with("/constants.pkl")),
        None => bytes.starts_with(b"PK"),
    }
}

/// What the file is and how to save what is wanted: completes "FILE is no TorchScript module: ...". `None` for a module,
/// and for what is not PyTorch's.
pub(super) fn torch_file(bytes: &[u8]) -> Option<String> {
    const NETWORK: &str = "save the network with `torch.jit.trace(model.eval(), example).save(\"teacher.pt\")`";
    const ARRAYS: &str =
        "save arrays with `numpy.save(\"logits.npy\", logits.numpy())` and name them with `from = \"logits\"`";
    let Some(entries) = zip_entries(bytes) else {
        let pickle = bytes.starts_with(&[0x80]) && bytes.get(1).is_some_and(|&protocol| protocol <= 5);
        return pickle.then(|| format!("it is a pickle of Python's: {NETWORK}, or {ARRAYS}"));
    };
    let part = |ending: &str| entries.iter().find(|entry| entry.name.ends_with(ending));
    if part("/constants.pkl").is_some() {
        return None;
    }
    if entries.iter().any(|entry| entry.name.contains("exported_program") || entry.name.ends_with("/models/model.json"))
    {
        return Some(format!("it is a program of `torch.export`: {NETWORK}"));
    }
    let pickle = part("data.pkl")?.contents().ok()?;
    let has = |word: &str| pickle.windows(word.len()).any(|window| window == word.as_bytes());
    // The pickle names what it is made of; a module of one's own has `_parameters` and `_modules` among its attributes.
    Some(if has("_modules") && has("_parameters") {
        format!("it is a whole model written by `torch.save`, which needs its Python code: {NETWORK}")
    } else if has("weight") || has("bias") {
        format!("it holds weights alone (a `state_dict`) and no network: load them into the model and {NETWORK}")
    } else if has("_rebuild_tensor") {
        format!("it holds tensors written by `torch.save`: {ARRAYS}")
    } else {
        format!("it was written by `torch.save`: {NETWORK}, or {ARRAYS}")
    })
}
