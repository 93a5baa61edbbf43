"""Makes the search index (FTS5 on SQLite, full text and trigrams on PostgreSQL), facets of topics and their counts."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

POSTGRES = [
    "CREATE TABLE qa_index (place bigint PRIMARY KEY, terms tsvector NOT NULL)",
    "CREATE INDEX qa_index_terms ON qa_index USING gin (terms)",
    "CREATE TABLE qa_word (word text PRIMARY KEY, pages integer NOT NULL)",
    "CREATE INDEX qa_word_trigrams ON qa_word USING gin (word gin_trgm_ops)",
]
SQLITE = [
    """CREATE VIRTUAL TABLE qa_index USING fts5(
        terms, detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 tokenchars '#@='")""",
    "CREATE TABLE qa_word (id integer PRIMARY KEY, word text NOT NULL UNIQUE, pages integer NOT NULL)",
    """CREATE VIRTUAL TABLE qa_word_grams USING fts5(
        word, content='qa_word', content_rowid='id', tokenize='trigram', detail=none)""",
    """CREATE TRIGGER qa_word_added AFTER INSERT ON qa_word BEGIN
        INSERT INTO qa_word_grams (rowid, word) VALUES (new.id, new.word); END""",
    """CREATE TRIGGER qa_word_gone AFTER DELETE ON qa_word BEGIN
        INSERT INTO qa_word_grams (qa_word_grams, rowid, word) VALUES ('delete', old.id, old.word); END""",
]
DROP = ["DROP TABLE IF EXISTS qa_word_grams", "DROP TABLE qa_word", "DROP TABLE qa_index"]


def make(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    for statement in DROP:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("qa", "0004_publication_words")]
    operations = [
        TrigramExtension(),
        migrations.RunPython(make, unmake),
        migrations.AddField(
            model_name="publication",
            name="place",
            field=models.BigIntegerField(blank=True, editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="topic",
            name="kind",
            field=models.CharField(
                choices=[
                    ("relationship", "Who is it about?"),
                    ("substance", "What are they using?"),
                    ("stage", "Where do things stand?"),
                    ("need", "What do you need?"),
                ],
                default="need",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="public_letters",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="topic",
            name="members_letters",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
