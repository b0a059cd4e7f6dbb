//! Rows of Arrow record batches read into an intake: by column where the mapping allows it, else row by row.

use crate::arrow_cells::{TableColumn, TableRow, Window, WordMemory};
use arrow_array::RecordBatch;
use events::{Binding, Carry, Intake, Reading};
use std::ops::Range;

/// Rows whose columns are filled in turn, so that their events stay in the cache meanwhile.
pub(crate) const WINDOW: usize = 512;

/// What reading a table's record batches keeps from one to the next.
pub(crate) struct ArrowRows<'a> {
    binding: &'a Binding,
    /// The place in the header of each column of a record batch.
    places: &'a [usize],
    memories: Vec<WordMemory>,
    carry: Carry,
    next_row: u64,
}

impl<'a> ArrowRows<'a> {
    /// Reading that begins after so many rows.
    pub(crate) fn new(binding: &'a Binding, places: &'a [usize], before: u64) -> ArrowRows<'a> {
        let mut memories = Vec::new();
        memories.resize_with(binding.header().len(), WordMemory::default);
        ArrowRows { binding, places, memories, carry: Carry::default(), next_row: before }
    }

    /// The columns of a record batch by their place in the header.
    pub(crate) fn columns<'b>(&self, batch: &'b RecordBatch) -> Vec<Option<TableColumn<'b>>> {
        let mut columns: Vec<Option<TableColumn<'_>>> = Vec::new();
        columns.resize_with(self.binding.header().len(), || None);
        for (place, array) in self.places.iter().zip(batch.columns()) {
            columns[*place] = Some(TableColumn::new(array));
        }
        columns
    }

    /// Reads some rows.
    pub(crate) fn read(
        &mut self,
        columns: &[Option<TableColumn<'_>>],
        rows: Range<usize>,
        intake: &mut Intake,
    ) {
        if self.binding.is_columnar() {
            self.by_column(columns, rows, intake);
        } else {
            self.by_row(columns, rows, intake);
        }
    }

    fn by_column(
        &mut self,
        columns: &[Option<TableColumn<'_>>],
        rows: Range<usize>,
        intake: &mut Intake,
    ) {
        let base = intake.len();
        for _ in rows.clone() {
            self.next_row += 1;
            intake.begin(self.next_row);
        }
        let window = Window { rows, base };
        for filled in self.binding.filled() {
            match &filled.reading {
                Reading::Cell(place) => {
                    if let (Some(Some(column)), Some(memory)) =
                        (columns.get(*place), self.memories.get_mut(*place))
                    {
                        column.fill(filled.column, &window, memory, intake);
                    }
                }
                _ => self.binding.put_constant(filled, base, intake),
            }
        }
        if intake.derives_ids() {
            for (place, column) in columns.iter().enumerate() {
                if let (Some(column), Some(memory)) = (column, self.memories.get_mut(place)) {
                    let seed = self.binding.seed(place);
                    column.fill_content(seed, &window, memory, intake);
                }
            }
        }
    }

    fn by_row(
        &mut self,
        columns: &[Option<TableColumn<'_>>],
        rows: Range<usize>,
        intake: &mut Intake,
    ) {
        for at in rows {
            self.next_row += 1;
            let row = TableRow { columns, at };
            self.binding.read_row(&row, self.next_row, &mut self.carry, intake);
        }
    }
}
