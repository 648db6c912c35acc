# Fetches what the page is built with, as package-lock.json has it: cmake -D NPM=FILE -D TO=DIR -P fetch_packages.cmake
# Nothing of it is run.
execute_process(
    COMMAND "${NPM}" ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix "${TO}"
    RESULT_VARIABLE failed
)
if(failed)
    message(
        FATAL_ERROR
        "npm could not fetch what the page is built with: what it says stands above. It needs a registry "
        "(npm config get registry); cmake -DTRAFIKITO_PAGE=OFF builds trafikito-server without its page."
    )
endif()
