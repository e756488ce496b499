"""What the core says of mistakes, in the reader's language; the core itself speaks English."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tables.core.errors import Sentence

# Every template that the rooms below the pages make sentences of. What is wrong with JSON, or by a
# JSON Schema, and DynamoDB's own reasons stay in English: those words are others'.
SENTENCES = (
    gettext_noop("A boolean is true or false."),
    gettext_noop("A column of the type {kind} takes JSON of that type."),
    gettext_noop("A column of the type NULL takes null, or nothing."),
    gettext_noop("A file to import has at most {most} MB."),
    gettext_noop("A line is longer than {most} bytes."),
    gettext_noop("A spreadsheet has dropped its leading zeros."),
    gettext_noop("A spreadsheet has kept 15 of its digits."),
    gettext_noop("A spreadsheet has kept 32,767 of its characters."),
    gettext_noop("A spreadsheet has kept the digits that it showed."),
    gettext_noop("A spreadsheet has made a date of it, or another order."),
    gettext_noop("A spreadsheet has made a number of it."),
    gettext_noop("A spreadsheet has made its own word for true or false of it."),
    gettext_noop("A spreadsheet has made the number of a day of it."),
    gettext_noop("A spreadsheet has put or taken its percent sign, currency or groups of digits."),
    gettext_noop("A spreadsheet has put question marks for characters."),
    gettext_noop("Its UTF-8 has been read as another encoding."),
    gettext_noop(
        "No item has this key, and its letters are UTF-8 that was read as another encoding."
    ),
    gettext_noop(
        "A spreadsheet holds 15 digits of a number, and this one has more: write it as text."
    ),
    gettext_noop("A workbook has at most {most} MB; save it as CSV."),
    gettext_noop("Amazon Ion is not read. Export as DynamoDB JSON instead."),
    gettext_noop("An element is longer than {most} bytes."),
    gettext_noop("An import has no {name}."),
    gettext_noop("An item is a JSON object."),
    gettext_noop("change items that exist only"),
    gettext_noop("create and change"),
    gettext_noop("create and replace whole items"),
    gettext_noop("create new items only"),
    gettext_noop("CSV for spreadsheets"),
    gettext_noop("CSV or TSV"),
    gettext_noop("exact CSV, which comes back as it was"),
    gettext_noop("Excel workbook (XLSX)"),
    gettext_noop('"format" is one of {names}.'),
    gettext_noop("JSON array"),
    gettext_noop("JSON array of typed items"),
    gettext_noop("JSON lines"),
    gettext_noop("JSON lines for an import from S3"),
    gettext_noop("JSON lines of an export to S3"),
    gettext_noop('"kinds" gives columns one of {names}.'),
    gettext_noop("Line {line}, column {column} is not UTF-8: {byte}. Say its encoding: {known}."),
    gettext_noop('"{member}" is a list of columns.'),
    gettext_noop('"{member}" is a text.'),
    gettext_noop("{name} is part of the key, and can't be left out."),
    gettext_noop(
        "This is typed JSON, and most of the file is plain: say its format, or write all alike."
    ),
    gettext_noop('"duplicates" is one of {names}.'),
    gettext_noop('"mode" is one of {names}.'),
    gettext_noop("Line {line} of the file names the same item, and is taken."),
    gettext_noop("Row {row} of the file names the same item, and is taken."),
    gettext_noop("take the first line, refuse the others"),
    gettext_noop("take the last line, leave the others"),
    gettext_noop("More follows the array that was read. Import each array's file alone."),
    gettext_noop("{name} is kept by this service and can't be changed."),
    gettext_noop("{name} is missing: the key says {value}."),
    gettext_noop("A key is a text: its item's token, as URLs spell it."),
    gettext_noop("{name} is no item's key here."),
    gettext_noop("{name} is no {what} that is read; those are {known}."),
    gettext_noop("{name} stands in {key} behind {before}: say by “is” what that is, too."),
    gettext_noop(
        "{name} stands in the key alone: it can be asked by “is”, “is one of” and “begins with”."
    ),
    gettext_noop("No column is {name}, which the key is made of. The columns are {columns}."),
    gettext_noop("No column is the key attribute {name}. The columns are {columns}."),
    gettext_noop("output of aws dynamodb scan or query"),
    gettext_noop("Parquet is not read. Save the table as CSV or JSON lines."),
    gettext_noop("PutRequests of batch-write-item"),
    gettext_noop("Row {row} of the file names the same item."),
    gettext_noop('"scan" must be an object; {} means everything.'),
    gettext_noop('"{member}" has {count} paths; DynamoDB takes {most}.'),
    gettext_noop('"{member}" is a JSON pointer such as /name.'),
    gettext_noop('"{member}" is not a JSON pointer (RFC 6901).'),
    gettext_noop('"{member}" leads more than {most} levels deep.'),
    gettext_noop('"{member}" must be an array of document paths.'),
    gettext_noop('A Buffer takes "data", an array of bytes from 0 to 255.'),
    gettext_noop("A JSON patch is an array of operations."),
    gettext_noop("A JSON patch takes at most {most} operations."),
    gettext_noop("A LastEvaluatedKey is an object made of exactly: {names}."),
    gettext_noop("a list index is too large"),
    gettext_noop("a name is empty"),
    gettext_noop("A number has {digits} significant digits; DynamoDB holds {most}."),
    gettext_noop("A number is longer than {most} characters."),
    gettext_noop("A number is out of range: DynamoDB holds magnitudes from 1E-130 to 9.99E+125."),
    gettext_noop("A number must be finite and written in decimal digits."),
    gettext_noop("A number must be written in decimal digits."),
    gettext_noop("A number's exponent is out of range."),
    gettext_noop("A request with this Idempotency-Key is still running."),
    gettext_noop("A scan has no order: filter on a partition key to get one."),
    gettext_noop('A Set takes "type" String, Number or Binary and "values", an array.'),
    gettext_noop("A string holds half of a surrogate pair."),
    gettext_noop('A typed value is an object with one type, as {"S": "text"}.'),
    gettext_noop("A {kind} can't hold the same value twice."),
    gettext_noop("A {kind} is an array of at least one value."),
    gettext_noop("add takes a number to a number, or elements to a set of their type"),
    gettext_noop(
        "An answer of DynamoDB was lost, so it is not known whether this write was made. Read "
        "the item before you send it again."
    ),
    gettext_noop("An attribute name can't be empty."),
    gettext_noop("An attribute name has at most {most} bytes."),
    gettext_noop('An entity tag looks like "0123abcd.p"; this header can\'t be read.'),
    gettext_noop(
        "An Idempotency-Key is 1 to 255 visible ASCII characters, none of them a comma, such as "
        "a UUID."
    ),
    gettext_noop("an index looks like [0]; write \\[ for a literal bracket"),
    gettext_noop("An index of this table was made or deleted just now. Try again."),
    gettext_noop("An item has this key already."),
    gettext_noop("An item with this key exists already."),
    gettext_noop('An operation has an "op": {names}.'),
    gettext_noop("Another item has this key now."),
    gettext_noop("Another item has this key."),
    gettext_noop("Another item that is copied has this key."),
    gettext_noop("Another operation stands in the way of this one."),
    gettext_noop("Another write holds the item; nothing was written. Try again."),
    gettext_noop("AWS refused a request of this service."),
    gettext_noop("Binary is base64 text (standard alphabet, padded)."),
    gettext_noop("BOOL takes true or false."),
    gettext_noop("delete takes elements out of a set of their type"),
    gettext_noop("DynamoDB asks to slow down. Try again in a moment."),
    gettext_noop("DynamoDB can't be reached."),
    gettext_noop("DynamoDB can't take this request."),
    gettext_noop("DynamoDB did not take the Idempotency-Key; nothing was written."),
    gettext_noop("DynamoDB failed to answer. Try again in a moment."),
    gettext_noop("DynamoDB takes longer to answer than a request may wait."),
    gettext_noop("fields names no attribute; leave it out to get whole items."),
    gettext_noop(
        "Idempotency keys need a table that this site doesn't have yet; nothing was written. "
        "Whoever runs it makes it with `manage.py create_state_table`."
    ),
    gettext_noop("If-Match asks for an item that is there; none has this key."),
    gettext_noop("If-None-Match asks that no item of this state has the key; one has."),
    gettext_noop("It can't be an item of {alias}: {reason}"),
    gettext_noop("It is as it was already: there is nothing to undo."),
    gettext_noop("it is more than {most} levels deep"),
    gettext_noop("it takes a JSON array."),
    gettext_noop("it takes a JSON object."),
    gettext_noop("L takes an array."),
    gettext_noop("limit takes a whole number from 1 to {most}."),
    gettext_noop("M takes an object."),
    gettext_noop("Nested more than {most} levels deep."),
    gettext_noop("No history is kept of this table's items."),
    gettext_noop("No index has that name; this table's indexes: {names}."),
    gettext_noop("No item of {table} has this key: {key}."),
    gettext_noop("No item has that key, and the server makes keys here."),
    gettext_noop("No item has that key, and you may not add one."),
    gettext_noop("No item has that key."),
    gettext_noop("No item holds more than {most} values; DynamoDB takes 400 KB."),
    gettext_noop("No table has that alias."),
    gettext_noop("NULL takes true."),
    gettext_noop("order takes asc or desc."),
    gettext_noop("plan takes scan or auto."),
    gettext_noop("sets, lists and maps can only be compared one at a time."),
    gettext_noop("Strings, numbers and binary are written as a JSON string."),
    gettext_noop("The alias leads to another table than when the job was started."),
    gettext_noop("The cell"),
    gettext_noop("The cells of the sheet lie too far apart; save it as CSV."),
    gettext_noop("The check is a day old. Start the job again."),
    gettext_noop("The column {name} stands twice."),
    gettext_noop("The file can't be read as {name}."),
    gettext_noop("The file has no column {name}."),
    gettext_noop("The file is empty."),
    gettext_noop("The file is not in the encoding that was chosen."),
    gettext_noop("The file is not UTF-8. Say its encoding: {known}."),
    gettext_noop("The file unpacks to more than {most} bytes."),
    gettext_noop("The first line could be cut in more than one way: say the delimiter, {known}."),
    gettext_noop("The first line names no columns."),
    gettext_noop("The gzip file is damaged or cut off."),
    gettext_noop("The item has changed since the file was made."),
    gettext_noop(
        "The item was there when the file was made: it was deleted, or its key has changed."
    ),
    gettext_noop("The job has ended."),
    gettext_noop("The job is being cancelled."),
    gettext_noop("The job is not what it was when it was looked at."),
    gettext_noop("The job is {state}: that can't be done now."),
    gettext_noop("The line"),
    gettext_noop("The file holds one page of a scan or a query: more items stand behind it."),
    gettext_noop("The line can't be read as CSV: a CR stands in a cell without quotes around it."),
    gettext_noop("The line can't be read as CSV: a cell of it is too long."),
    gettext_noop("The line can't be read as CSV: a quote opens a cell, and none closes it."),
    gettext_noop(
        "The line can't be read as CSV: a cell has no closing quote, or a quote in it is not "
        "written twice."
    ),
    gettext_noop("The line has {count} cells, and there are {heads} columns."),
    gettext_noop("The lines end in CR alone. Save the file with LF or CR LF."),
    gettext_noop("The old XLS format is not read. Save the sheet as XLSX or CSV."),
    gettext_noop("The place for files can't be reached."),
    gettext_noop("The place for files is full."),
    gettext_noop(
        "Your files to import take up to {most} MB at a time. Cancel imports that you don't "
        "need; those that have ended make room within ten minutes."
    ),
    gettext_noop(
        "There is no room for files to import at the moment: those of everybody take up to "
        "{most} MB at a time."
    ),
    gettext_noop(
        "{count} of your jobs wait for you; {most} may at a time. Confirm or cancel some."
    ),
    gettext_noop("The requests of another table follow: import each table's file alone."),
    gettext_noop("The schema does not allow this."),
    gettext_noop("The sheet is written in a way that is not read; save it as CSV."),
    gettext_noop("The text ends before its array does."),
    gettext_noop("The token that this job was started with is a day old."),
    gettext_noop("The workbook can't be read: {reason}."),
    gettext_noop("The workbook is damaged or cut off."),
    gettext_noop("The workbook unpacks to more than {most} MB; save it as CSV."),
    gettext_noop("There is no such file any more. Send it again."),
    gettext_noop("There is nothing to fetch yet."),
    gettext_noop("The job has made no file, and will make none."),
    gettext_noop("This cell stands under no head."),
    gettext_noop("This column takes an object of typed values, by their names."),
    gettext_noop("This can't be the key of an item of {table}."),
    gettext_noop("This leads to no item."),
    gettext_noop(
        "This write and what it must check are {count} operations; DynamoDB takes {most} in one "
        "transaction."
    ),
    gettext_noop("This Idempotency-Key belongs to another request."),
    gettext_noop("This is a formula without a value: open and save the file in a spreadsheet."),
    gettext_noop("This is a PDF, not a table of items."),
    gettext_noop("This is an image, not a table of items."),
    gettext_noop("This is no text, and no other file of items that is read."),
    gettext_noop(
        "The column {name} begins or ends with a blank. Take it away; one that belongs to the name "
        "has a backslash before it."
    ),
    gettext_noop(
        "The column {name} ends with a type that there is none of; those are {known}. A colon that "
        "belongs to the name has a backslash before it."
    ),
    gettext_noop("This is a ZIP archive, no Excel workbook. Unpack it first."),
    gettext_noop("This is no object of {name} alone."),
    gettext_noop("This looks like a long number that a spreadsheet has shortened."),
    gettext_noop("typed JSON lines"),
    gettext_noop("{name} is no link of {table}; its links are: {known}."),
    gettext_noop("{what}. The stored value is kept: {stored}."),
    gettext_noop("Whoever started the job takes it back, and superusers do."),
    gettext_noop("Whoever started this job is not known any more."),
    gettext_noop("Whoever started this job may not sign in any more."),
    gettext_noop("You have {count} jobs under way; {most} are allowed at a time."),
    gettext_noop(
        "None of your groups has the right “bulk” on {table}: it is asked for more than {most}"
        " items at once, and for all that a filter lets through."
    ),
    gettext_noop("A job of this kind has no dry run."),
    gettext_noop("A newer release has worked on this job: only that one can go on with it."),
    gettext_noop("No job has that id."),
    gettext_noop("No job is of the kind {name}."),
    gettext_noop('"changes" is a list of 1 to {most} changes.'),
    gettext_noop('"filter" is an object of the scan language; {} means everything.'),
    gettext_noop('"job" is the id of a job that wrote to this table.'),
    gettext_noop('"keys" is a list of 1 to {most} keys.'),
    gettext_noop('"path" and "to" are document paths.'),
    gettext_noop('"query" is the query string of a list.'),
    gettext_noop('"type" is one of {names}.'),
    gettext_noop('A change has an "action": {names}.'),
    gettext_noop(
        'An order says which items by one of "keys", "filter" and "query"; an empty filter '
        "means all."
    ),
    gettext_noop('The change "{action}" takes {names}.'),
    gettext_noop("There is nothing of this job to undo, or it was undone already."),
    gettext_noop("There is nothing to write."),
    gettext_noop("This {kind} can't be made a {other} without a loss."),
    gettext_noop("{path} is there already."),
    gettext_noop('"to" is the alias of the table that is copied to.'),
    gettext_noop("A table can't be copied onto itself."),
    gettext_noop("Line {line} of the file names the same item."),
    gettext_noop("The body"),
    gettext_noop("The conditional request failed."),
    gettext_noop(
        "The conditions compare values in several types each, and DynamoDB does not take so many "
        "at once: pin the type that is meant, as in total__n=818 or total__s=818."
    ),
    gettext_noop("The cursor can't be read."),
    gettext_noop("The cursor is too long."),
    gettext_noop("The cursor was altered, or belongs to another request."),
    gettext_noop(
        "The expression is {size} bytes long; DynamoDB takes {most}. Use fewer conditions or "
        "attributes."
    ),
    gettext_noop(
        "The expression needs {operators} operators; DynamoDB takes {most}. Use fewer conditions "
        "or attributes."
    ),
    gettext_noop(
        "The first request with this Idempotency-Key was interrupted, and it is not known "
        "whether it took effect. Read the item, then decide whether to send it again with a new "
        "key."
    ),
    gettext_noop("The history of this item can't be kept at the moment, so nothing was written."),
    gettext_noop("The index {index} does not hold {names}, so it can't be filtered by."),
    gettext_noop("The index {index} does not hold {names}; leave it out of the fields."),
    gettext_noop("The index {index} is being made or deleted: it can't be read now."),
    gettext_noop("The item changed at that moment; nothing was written."),
    gettext_noop("The item does not fit the table's schema: {pointer}: {reason}."),
    gettext_noop("The item exists, and you may not change items."),
    gettext_noop(
        "The item has too many attributes to compare in one condition and carries no audit "
        "stamps, so it can't be changed safely. Change single attributes instead."
    ),
    gettext_noop("The item is gone already."),
    gettext_noop("The item is gone: undo its delete first."),
    gettext_noop("The item is not in the state that If-Match names."),
    gettext_noop("The item is not in the state that this request expects."),
    gettext_noop("The item is {size} bytes; DynamoDB holds at most {most} bytes in one item."),
    gettext_noop("The item keeps changing; nothing was written. Send the request again."),
    gettext_noop("The item was changed since it was created, so it was not deleted."),
    gettext_noop("The item would be {size} bytes; it may hold {most} here."),
    gettext_noop(
        "The key attribute {name} can't be changed: create an item with the new key and delete "
        "this one."
    ),
    gettext_noop("The key attribute {name} can't be empty."),
    gettext_noop("The key attribute {name} is missing."),
    gettext_noop("The key attribute {name} is {size} bytes; DynamoDB takes {most}."),
    gettext_noop("The key attribute {name} must be a {wanted}, not a {kind}."),
    gettext_noop("The key is made of {names}."),
    gettext_noop("The key of an item can't be changed."),
    gettext_noop("The LastEvaluatedKey does not fit: {reason}"),
    gettext_noop("The name {name} stands twice in one object."),
    gettext_noop("The natural key belongs to another item than this URL's."),
    gettext_noop("The operation's path does not lead where it could."),
    gettext_noop("The patch copies more than {most} bytes."),
    gettext_noop("The patch leaves something that is not an object."),
    gettext_noop("The path {path} can't be read: {reason}."),
    gettext_noop("The path {path} leads through something that isn't there."),
    gettext_noop("The paths {one} and {other} overlap."),
    gettext_noop("The precondition names no entity tag."),
    gettext_noop("The scan compares with {values} values; DynamoDB takes {most} at most."),
    gettext_noop("The start key lies outside of what this request reads."),
    gettext_noop("The table {name} exists with another key. Name another one in {setting}."),
    gettext_noop("The table {name} is still not active; try again later."),
    gettext_noop("The test failed: another value stands there."),
    gettext_noop("The transaction was cancelled; nothing was written."),
    gettext_noop("The values are {size} bytes long; DynamoDB takes {most} in one request."),
    gettext_noop("These conditions fix no partition of the table."),
    gettext_noop("This is no item of {alias}: {name} must be {wanted}."),
    gettext_noop("This is no item of {alias}: {name} must begin with {wanted}."),
    gettext_noop("This Idempotency-Key was used for another request; use a new key for each."),
    gettext_noop("This item has no such version."),
    gettext_noop("This table has no search field that could hold this."),
    gettext_noop("values are appended to lists only; set it to a list first"),
    gettext_noop(
        "Version {version} can't be rebuilt as it was: an entry is missing or was altered."
    ),
    gettext_noop("Version {version} deleted the item: undo it instead."),
    gettext_noop("What this version left was changed since."),
    gettext_noop("What version {version} changed was lost or altered."),
    gettext_noop("What was changed from outside was lost or altered."),
    gettext_noop("What was deleted is not told by this version."),
    gettext_noop("Your groups don't include one that may {action} items of {table}."),
    gettext_noop("{detail} (at {pointer})"),
    gettext_noop("{detail} (at {pointer})."),
    gettext_noop("{detail} (operation {pointer})"),
    gettext_noop("{name} can't be {value}: in {pattern} it would be read as another."),
    gettext_noop("{name} contradicts the key in the URL."),
    gettext_noop("{name} contradicts the key, which says {value}."),
    gettext_noop(
        "{name} counts the versions of an item, but here it is no number; nothing was written."
    ),
    gettext_noop("{name} is made by the server: leave it out."),
    gettext_noop("{name} is made from {names}: leave it out, or send the one that they make."),
    gettext_noop("{name} is not a comparator; use one of {names}."),
    gettext_noop("{name} is not a type; the types are {types}."),
    gettext_noop("{name} is not JSON: a number must be finite."),
    gettext_noop(
        "{name} is part of the natural key: it must be a string, a number or a boolean, and not "
        "empty or blank."
    ),
    gettext_noop("{name} is part of the key: it must be text or a number."),
    gettext_noop("{name} is part of the key, so it stays: another value makes another item."),
    gettext_noop("{name} is missing: the key is made of it."),
    gettext_noop("{name} must be a whole number without sign: so it stands in {pattern}."),
    gettext_noop(
        "{name} stands in the key alone, with zeros before it: it can be asked by “is” and “is one "
        "of”."
    ),
    gettext_noop("{name} must look like {pattern}."),
    gettext_noop("{name} stands twice in the query string."),
    gettext_noop('{name} takes "{member}".'),
    gettext_noop("{name} takes base64 text."),
    gettext_noop("{name} takes true or false."),
    gettext_noop("{name} takes true; use __exists or __type for the contrary."),
    gettext_noop('{name}: "value" is missing.'),
    gettext_noop('{name}: a condition takes "comparator" and "value".'),
    gettext_noop("{name}: an empty array matches nothing; leave it out."),
    gettext_noop("{name}: arrays and plain values can't stand side by side."),
    gettext_noop("{name}: arrays nest at most two deep."),
    gettext_noop("{name}: {operator} takes an array of values."),
    gettext_noop("{name}: {reason}"),
    gettext_noop("{path} is a {kind}, and “{label}” takes {takes}."),
    gettext_noop("{path} is a {kind}: {need}."),
    gettext_noop("{path} is not a list: {need}."),
    gettext_noop("{path} is read-only: it must stay as it is."),
    gettext_noop("{pattern} needs {name}."),
    gettext_noop("{path}: a list is appended to with a list."),
    gettext_noop("{path}: add takes a number or a set, not a {kind}."),
    gettext_noop("{path}: BETWEEN takes the lower bound first."),
    gettext_noop("{path}: BETWEEN takes two values of one type."),
    gettext_noop("{path}: delete takes a set, not a {kind}."),
    gettext_noop("{path}: IN takes 1 to {most} values."),
    gettext_noop("{path}: the types are {types}."),
    gettext_noop("{path}: {operator} takes a {allowed}, not a {given}."),
    gettext_noop("{path}: {operator} takes {wanted} values, not {count}."),
    gettext_noop("{table} is read-only here: nobody may {action} items."),
    gettext_noop("The whole site is read-only here: nobody may {action} items."),
    gettext_noop("{what} is nested more than {most} levels deep."),
    gettext_noop("{what} is not UTF-8: byte {position} can't be read."),
    gettext_noop("{what} is not valid JSON: {reason} at line {line}, column {column}."),
)

# The core's names of operators, types and rights, which sentences name too.
LABELS = (
    gettext_noop("add"),
    gettext_noop("begins with"),
    gettext_noop("binary"),
    gettext_noop("binary set"),
    gettext_noop("boolean"),
    gettext_noop("change"),
    gettext_noop("contains"),
    gettext_noop("delete"),
    gettext_noop("does not contain"),
    gettext_noop("does not exist"),
    gettext_noop("exists"),
    gettext_noop("export"),
    gettext_noop("has the type"),
    gettext_noop("is"),
    gettext_noop("is at least"),
    gettext_noop("is at most"),
    gettext_noop("is between"),
    gettext_noop("is greater than"),
    gettext_noop("is less than"),
    gettext_noop("is not"),
    gettext_noop("is one of"),
    gettext_noop("list"),
    gettext_noop("map"),
    gettext_noop("null"),
    gettext_noop("number"),
    gettext_noop("number set"),
    gettext_noop("see the history of"),
    gettext_noop("string"),
    gettext_noop("string set"),
    gettext_noop("view"),
    gettext_noop("write many"),
    gettext_noop("{path} {label} {0} and {1}"),
)


def told(message: str) -> str:
    """The sentence in the reader's language, and what it says of others so too.

    As it is where it has no translation, or is no sentence of ours.
    """
    if not isinstance(message, Sentence):
        return message
    parts = {
        name: told(part) if isinstance(part, str) else part for name, part in message.parts.items()
    }
    return Sentence(_(message.template), **parts)
