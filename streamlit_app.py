"""Entry of the Streamlit app: `streamlit run streamlit_app.py`, or `make app`. Wires pages, decides nothing."""

import streamlit as st

from shells.pages import chat

st.set_page_config(page_title="ragft", page_icon=":material/forum:")
chat.page()
