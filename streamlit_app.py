"""Entry of the Streamlit app: `streamlit run streamlit_app.py`, or `make app`. Wires pages, decides nothing."""

import streamlit as st

from shells.pages import chat, compare, train

st.set_page_config(page_title="ragft", page_icon=":material/forum:")
st.navigation(
    [
        st.Page(chat.page, title="Chat", icon=":material/forum:", url_path="chat", default=True),
        st.Page(compare.page, title="Compare", icon=":material/balance:", url_path="compare"),
        st.Page(train.page, title="Train", icon=":material/model_training:", url_path="train"),
    ]
).run()
