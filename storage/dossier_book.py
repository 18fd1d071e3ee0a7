"""The workbook of a dossier: sheets of rows as an .xlsx file."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from storage.dossier_rows import Cell, Sheet

_WIDEST = 44


def workbook(sheets: Sequence[Sheet], step: Callable[[], None] = lambda: None) -> bytes:
    """The sheets as a file; `step` is called after each row. No cell holds a formula."""
    # 40 MB that only this needs
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for at, heading in enumerate(sheet.columns):
            widest = max((len(str(row[at])) for row in sheet.rows[:500]), default=0)
            page.column_dimensions[get_column_letter(at + 1)].width = min(_WIDEST, max(len(heading), widest) + 2)
        headings = []
        for heading in sheet.columns:
            cell = WriteOnlyCell(page, heading)
            cell.font = Font(bold=True)
            headings.append(cell)
        page.append(headings)
        for row in sheet.rows:
            page.append([_cell(page, value) for value in row])
            step()
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: object, value: Cell) -> object:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value)  # type: ignore[arg-type]
    match value:
        case str():
            # a text is a text, whatever it begins with
            cell.data_type = "s"
        case Decimal():
            cell.number_format = "#,##0.00"
        case datetime():
            cell.number_format = "yyyy-mm-dd hh:mm"
        case date():
            cell.number_format = "yyyy-mm-dd"
    return cell
