//! What is counted of the logarithms of probabilities, row by row.

use super::matrix::Matrix;
use super::passes::first_of_largest;

/// The class of the largest number of each row, and the sum of the labels' numbers added to `log_likelihood`, in order.
/// On the host: libtorch's argmax over few classes is slow.
///
/// # Panics
/// If there are other numbers of rows, labels and predictions, a label is no column, or columns are no whole vectors.
pub(crate) fn tally(log_q: Matrix<'_>, labels: &[u16], predictions: &mut [u16], log_likelihood: &mut f64) {
    assert!(log_q.rows() == labels.len() && predictions.len() == labels.len());
    let columns = log_q.columns();
    first_of_largest(log_q, predictions);
    for (log_q, &label) in log_q.floats().chunks_exact(columns).zip(labels) {
        *log_likelihood += f64::from(log_q[usize::from(label)]);
    }
}
