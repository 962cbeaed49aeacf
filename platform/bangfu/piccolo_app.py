"""All tables of the application, for migrations."""

from piccolo.conf.apps import AppConfig, table_finder

from bangfu.paths import MIGRATIONS

TABLE_MODULES = [
    "bangfu.shared.tables",
    "bangfu.divisions.tables",
    "bangfu.accounts.tables",
    "bangfu.messages.tables",
    "bangfu.supervision.tables",
    "bangfu.households.tables",
    "bangfu.needs.tables",
    "bangfu.providers.tables",
    "bangfu.providers.register_tables",
    "bangfu.providers.carer_tables",
    "bangfu.providers.roster_tables",
    "bangfu.budgets.tables",
    "bangfu.contracts.tables",
    "bangfu.contracts.life_tables",
    "bangfu.dispatch.tables",
    "bangfu.dispatch.co_approval_tables",
    "bangfu.catalogue.tables",
    "bangfu.assessments.tables",
    "bangfu.agreements.tables",
    "bangfu.children.tables",
    "bangfu.incidents.tables",
    "bangfu.discovery.tables",
    "bangfu.discovery.field_tables",
    "bangfu.outreach.tables",
    "bangfu.planning.tables",
    "bangfu.purchasing.tables",
    "bangfu.visits.tables",
    "bangfu.visits.due_tables",
    "bangfu.visits.door_tables",
    "bangfu.visits.code_tables",
    "bangfu.schedules.tables",
    "bangfu.verification.tables",
    "bangfu.volunteers.tables",
    "bangfu.volunteers.hours_tables",
    "bangfu.complaints.tables",
    "bangfu.oversight.draw_tables",
    "bangfu.oversight.check_tables",
    "bangfu.feedback.tables",
    "bangfu.quality.tables",
    "bangfu.quality.life_tables",
    "bangfu.settlement.tables",
    "bangfu.separation.tables",
    "bangfu.imports.tables",
    "bangfu.exchange.tables",
    "bangfu.privacy.tables",
]

APP_CONFIG = AppConfig(
    app_name="bangfu",
    migrations_folder_path=str(MIGRATIONS),
    table_classes=table_finder(TABLE_MODULES, exclude_imported=True),
)
