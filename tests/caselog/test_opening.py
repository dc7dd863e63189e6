from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from automation.caselog import CaseLog, schema
from automation.caselog.tables import Table
from automation.errors import CaseLogError, InputError


def engine(url: str) -> sa.Engine:
    return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def execute(url: str, *statements: str) -> None:
    made = engine(url)
    with made.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    made.dispose()


def test_the_migrations_make_the_tables_that_the_program_means(log: CaseLog, database_url: str) -> None:
    made = engine(database_url)
    with made.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Table.metadata)
    made.dispose()
    assert differences == []


def test_the_program_knows_all_its_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", "automation.caselog:migrations")
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == schema.REVISIONS


def test_opening_again_writes_nothing(database_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        with CaseLog.open(database_url, tmp_path / "home") as log:
            assert [event.kind for event in log.events()] == ["schema"]
            log.verify()


def test_the_log_of_a_newer_program_is_refused(database_url: str, tmp_path: Path) -> None:
    CaseLog.open(database_url, tmp_path / "home").close()
    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CaseLogError, match=r"has the shape 9999, this program knows shapes up to 0004") as caught:
        CaseLog.open(database_url, tmp_path / "home")
    assert "newer program" in caught.value.hint


def test_somebody_elses_database_is_left_alone(database_url: str, tmp_path: Path) -> None:
    execute(database_url, "CREATE TABLE orders (id INTEGER)")
    with pytest.raises(CaseLogError, match="holds other tables"):
        CaseLog.open(database_url, tmp_path / "home")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://localhost/cases", "no case log on mysql"),
        ("nonsense", "not a database URL"),
    ],
)
def test_a_url_that_names_no_case_log_is_refused(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        CaseLog.open(url, tmp_path)


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(CaseLogError) as caught:
        CaseLog.open("postgresql://user:hunter2@127.0.0.1:1/cases", tmp_path)
    assert "127.0.0.1:1" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "cases.db").write_text("no database at all, but long enough to be looked at" * 20)
    with pytest.raises(CaseLogError, match="is damaged"):
        CaseLog.open(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path)


def test_a_log_opens_from_any_folder(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from automation.caselog import CaseLog\n"
        "with CaseLog.open('sqlite:///sub/cases.db', Path('home')) as log: print(log.verify().events)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(root)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("1\n", "")
    assert (tmp_path / "sub" / "cases.db").exists()


def test_alembic_is_not_loaded_for_a_log_that_is_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'cases.db').as_posix()}"
    CaseLog.open(url, tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from automation.caselog import CaseLog\n"
        f"CaseLog.open({url!r}, Path({str(tmp_path)!r})).close(); print('alembic' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_number_that_no_row_can_have_is_refused_as_such(log: CaseLog) -> None:
    with pytest.raises((InputError, CaseLogError)):
        log.case(10**30)
