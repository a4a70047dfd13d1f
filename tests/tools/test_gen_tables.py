"""The generator of tables.py, driven by the real Prisma CLI; what it wrote is made in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from sqlalchemy import create_mock_engine
from sqlalchemy.schema import CreateIndex, CreateTable

from backend.data.embedded import open_embedded
from tests.tools.load import load_module
from tools.gen.catalog import create_all, new_database, read_catalog
from tools.gen.prisma_cli import PrismaError, prisma

HEAD = """
generator tables {
  provider = "python3 -m tools.gen.tables"
  output   = "made.py"
}

datasource db {
  provider = "postgresql"
}
"""
EVERYTHING = """
enum Kind {
  plain
  with_dash @map("with-dash")

  @@map("kind")
}

/// Says "everything" \\ in one table.
model Every {
  id        Int       @id @default(autoincrement())
  number    BigInt    @default(autoincrement())
  small     Int       @default(3) @db.SmallInt
  negative  Int       @default(-1)
  large     BigInt    @default(9007199254740993)
  uuid      String    @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  short     String    @default("it's: \\"q\\" // no") @db.VarChar(40)
  fixed     String    @db.Char(3)
  money     Decimal   @default(1.50) @db.Decimal(10, 2)
  decimal   Decimal
  ratio     Float     @default(0.5)
  single    Float     @db.Real
  bytes     Bytes     @default("aGk=")
  json      Json      @default("{\\"a\\":[1]}") @db.Json
  jsonb     Json?     @default("[]")
  words     String[]  @default(["a", "b c", "null"])
  kinds     Kind[]    @default([plain, with_dash])
  kind      Kind      @default(with_dash)
  yes       Boolean   @default(true)
  day       DateTime  @db.Date
  clock     DateTime  @db.Time(3)
  plain_at  DateTime
  zoned_at  DateTime  @default(now()) @db.Timestamptz(3)
  fixed_at  DateTime  @default("2020-01-01T00:00:00Z") @db.Timestamptz(0)
  address   String?   @db.Inet
  renamed   String    @map("user")
  n         Int       @unique(map: "every_number_key")
  others    Other[]

  @@unique([fixed, renamed])
  @@index([renamed(sort: Desc), short])
  @@index([short(ops: raw("varchar_pattern_ops"), sort: Desc)], map: "every_pattern")
  @@index([jsonb(ops: JsonbPathOps)], type: Gin)
  @@map("every")
}

model Other {
  a         Int
  b         Int
  every_id  Int?
  second_id Int?
  third_a   Int
  third_b   Int
  every     Every?  @relation(fields: [every_id], references: [id], onDelete: SetNull, onUpdate: NoAction)
  third     Other   @relation("third", fields: [third_a, third_b], references: [a, b])
  thirds    Other[] @relation("third")

  @@id([a, b])
  @@map("other")
}
"""
POSTGRESQL = create_mock_engine("postgresql+asyncpg://", print).dialect
KEY = "id String @id"
REFUSED = f"""
model A {{
  {KEY}
  xml      String   @db.Xml
  client   String   @default(uuid())
  touched  DateTime @updatedAt
  exact    Decimal  @default(0.12345678901234567890)
  vector   Unsupported("tsvector")?
  ignored  Int      @ignore
  address  String   @db.Inet
  {"b" * 70} Int @unique
  bs       B[]

  @@index([address(ops: InetMinMaxOps)], type: Brin)
}}

model B {{
  {KEY}
  a_id String
  a    A      @relation(fields: [a_id], references: [id], map: "foreign")
}}

model C {{
  {KEY}

  @@ignore
}}

model D {{
  number Int @unique

  @@map("d-d")
}}
"""


def _generate(folder: Path, models: str) -> Path:
    schema = folder / "schema.prisma"
    schema.write_text(HEAD + models, encoding="utf-8")
    prisma("generate", schema)
    return folder / "made.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return load_module(_generate(tmp_path_factory.mktemp("schema"), EVERYTHING))


@pytest.fixture(scope="module")
def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = open_embedded(tmp_path_factory.mktemp("pg"))
    yield server.dsn
    server.close()


async def test_database_made_from_it_has_every_feature(made: ModuleType, server_dsn: str) -> None:
    dsn = await new_database(server_dsn, "every_feature")
    await create_all(dsn, made.metadata)
    catalog = await read_catalog(dsn)
    columns = {
        name.removeprefix("column "): said for name, said in catalog.items() if name.startswith("column ")
    }
    fixed_at = columns.pop("every.fixed_at")
    assert fixed_at.startswith("timestamp(0) with time zone NOT NULL DEFAULT '2020-01-01")
    assert {
        name.removeprefix("every."): said for name, said in columns.items() if name.startswith("every.")
    } == {
        "id": "integer NOT NULL IDENTITY d",
        "number": "bigint NOT NULL IDENTITY d",
        "small": "smallint NOT NULL DEFAULT '3'::smallint",
        "negative": "integer NOT NULL DEFAULT '-1'::integer",
        "large": "bigint NOT NULL DEFAULT '9007199254740993'::bigint",
        "uuid": "uuid NOT NULL DEFAULT gen_random_uuid()",
        "short": "character varying(40) NOT NULL DEFAULT 'it''s: \"q\" // no'::character varying",
        "fixed": "character(3) NOT NULL",
        "money": "numeric(10,2) NOT NULL DEFAULT 1.5",
        "decimal": "numeric(65,30) NOT NULL",
        "ratio": "double precision NOT NULL DEFAULT '0.5'::double precision",
        "single": "real NOT NULL",
        "bytes": "bytea NOT NULL DEFAULT '\\x6869'::bytea",
        "json": "json NOT NULL DEFAULT '{\"a\":[1]}'::json",
        "jsonb": "jsonb DEFAULT '[]'::jsonb",
        "words": 'text[] NOT NULL DEFAULT \'{a,"b c","null"}\'::text[]',
        "kinds": "kind[] NOT NULL DEFAULT '{plain,with-dash}'::kind[]",
        "kind": "kind NOT NULL DEFAULT 'with-dash'::kind",
        "yes": "boolean NOT NULL DEFAULT true",
        "day": "date NOT NULL",
        "clock": "time(3) without time zone NOT NULL",
        "plain_at": "timestamp(3) without time zone NOT NULL",
        "zoned_at": "timestamp(3) with time zone NOT NULL DEFAULT now()",
        "address": "inet",
        "user": "text NOT NULL",
        "n": "integer NOT NULL",
    }
    assert {name: said for name, said in catalog.items() if not name.startswith("column ")} == {
        "enum kind": "plain, with-dash",
        "constraint every_pkey": "on every PRIMARY KEY (id)",
        "constraint every_number_key": "on every UNIQUE (n)",
        "constraint every_fixed_user_key": 'on every UNIQUE (fixed, "user")',
        "constraint other_pkey": "on other PRIMARY KEY (a, b)",
        "constraint other_every_id_fkey": (
            "on other FOREIGN KEY (every_id) REFERENCES every(id) ON DELETE SET NULL"
        ),
        "constraint other_third_a_third_b_fkey": (
            "on other FOREIGN KEY (third_a, third_b) REFERENCES other(a, b) ON DELETE RESTRICT"
        ),
        "index every_pkey": "CREATE UNIQUE INDEX every_pkey ON public.every USING btree (id)",
        "index every_number_key": "CREATE UNIQUE INDEX every_number_key ON public.every USING btree (n)",
        "index every_fixed_user_key": (
            'CREATE UNIQUE INDEX every_fixed_user_key ON public.every USING btree (fixed, "user")'
        ),
        "index every_user_short_idx": (
            'CREATE INDEX every_user_short_idx ON public.every USING btree ("user" DESC, short)'
        ),
        "index every_pattern": (
            "CREATE INDEX every_pattern ON public.every USING btree (short varchar_pattern_ops DESC)"
        ),
        "index every_jsonb_idx": (
            "CREATE INDEX every_jsonb_idx ON public.every USING gin (jsonb jsonb_path_ops)"
        ),
        "index other_pkey": "CREATE UNIQUE INDEX other_pkey ON public.other USING btree (a, b)",
    }


def test_mapped_column_keeps_the_fields_name_in_python(made: ModuleType) -> None:
    assert made.every.c.renamed.name == "user"


def test_none_in_an_optional_json_column_is_null_and_in_a_required_one_is_jsons_null(
    made: ModuleType,
) -> None:
    assert made.every.c.jsonb.type.none_as_null is True
    assert made.every.c.json.type.none_as_null is False


def test_integer_key_without_autoincrement_counts_nothing_up(tmp_path: Path) -> None:
    module = load_module(_generate(tmp_path, 'model A {\n id Int @id\n @@map("a")\n}'))
    assert "id INTEGER NOT NULL" in str(CreateTable(module.a).compile(dialect=POSTGRESQL))


def test_unique_with_an_order_becomes_a_unique_index(tmp_path: Path) -> None:
    module = load_module(
        _generate(tmp_path, 'model A {\n id Int @id\n n Int @unique(sort: Desc)\n @@map("a")\n}')
    )
    index = next(iter(module.a.indexes))
    sql = str(CreateIndex(index).compile(dialect=POSTGRESQL))
    assert sql == "CREATE UNIQUE INDEX a_n_key ON a (n DESC)"


def test_comment_of_a_model_is_the_docstring_of_its_columns(made: ModuleType) -> None:
    assert made.EveryColumns.__doc__ == 'Says "everything" \\ in one table.'


def test_columns_of_a_table_know_their_python_types(made: ModuleType) -> None:
    hints = made.EveryColumns.__annotations__
    assert (hints["words"], hints["jsonb"]) == ("sa.Named[list[str]]", "sa.Named[Any | None]")
    assert isinstance(made.every, sa.Table)


@pytest.fixture(scope="module")
def refusal(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said about a schema in which everything is unknown."""
    folder = tmp_path_factory.mktemp("refused")
    with pytest.raises(PrismaError) as caught:
        _generate(folder, REFUSED)
    assert not (folder / "made.py").exists()
    return str(caught.value)


@pytest.mark.parametrize(
    "message",
    [
        "A.xml: @db.Xml on String is not known",
        "A.client: default uuid() is made by Prisma's client, which is not used; set the value in the store",
        "A.touched: @updatedAt is done by Prisma's client, which is not used; set the value in the store",
        "A.exact: Prisma rounds a Decimal default of so many digits",
        "A.vector: type Unsupported is hidden",
        "A.ignored: @ignore hides",
        "A.address: operator class InetMinMaxOps is not known",
        "A: PostgreSQL would cut the name 'A_bbb",
        "B.a: `map` of a relation is hidden",
        "C: @@ignore hides",
        "D: no @id",
        "D: table name 'd-d' is no Python name",
    ],
)
def test_what_it_does_not_know_is_refused_by_model_and_field(refusal: str, message: str) -> None:
    assert message in refusal


def test_preview_features_are_refused_because_they_hide_things(tmp_path: Path) -> None:
    schema = tmp_path / "schema.prisma"
    features = 'output   = "made.py"\n  previewFeatures = ["partialIndexes"]'
    head = HEAD.replace('output   = "made.py"', features)
    schema.write_text(head + f'model A {{\n {KEY}\n b Int\n @@index([b], where: raw("b > 1"))\n}}')
    with pytest.raises(PrismaError, match="previewFeatures"):
        prisma("generate", schema)


def test_word_in_a_string_or_a_comment_is_no_hidden_feature(tmp_path: Path) -> None:
    models = f'model A {{\n {KEY} // @ignore\n b String @default("@@ignore Unsupported(")\n @@map("a")\n}}'
    assert "Unsupported" in _generate(tmp_path, models).read_text()


def test_invalid_schema_is_refused_with_prismas_words(tmp_path: Path) -> None:
    schema = tmp_path / "schema.prisma"
    schema.write_text(HEAD + "model A {\n  id Strong @id\n}\n")
    with pytest.raises(PrismaError, match="Strong"):
        prisma("validate", schema)


def test_missing_node_is_said_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrismaError, match=r"Node\.js is not installed; install"):
        prisma("validate")
