"""How people reach the project: the command line and the Streamlit pages. Thin: no logic lives here."""
